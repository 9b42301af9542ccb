import { PageHead } from "../components/Panel.tsx";

export default function LedgerAccount() {
  return <PageHead title="LedgerAccount" />;
}
