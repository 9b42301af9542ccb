import { PageHead } from "../components/Panel.tsx";

export default function Market() {
  return <PageHead title="Market" />;
}
