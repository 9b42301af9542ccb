import { PageHead } from "../components/Panel.tsx";

export default function Governance() {
  return <PageHead title="Governance" />;
}
