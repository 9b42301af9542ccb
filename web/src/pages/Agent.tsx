import { PageHead } from "../components/Panel.tsx";

export default function Agent() {
  return <PageHead title="Agent" />;
}
