import { PageHead } from "../components/Panel.tsx";

export default function Ledger() {
  return <PageHead title="Ledger" />;
}
