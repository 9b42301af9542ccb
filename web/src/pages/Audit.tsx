import { PageHead } from "../components/Panel.tsx";

export default function Audit() {
  return <PageHead title="Audit" />;
}
