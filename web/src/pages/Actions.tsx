import { PageHead } from "../components/Panel.tsx";

export default function Actions() {
  return <PageHead title="Actions" />;
}
