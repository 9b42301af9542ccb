import { PageHead } from "../components/Panel.tsx";

export default function Transaction() {
  return <PageHead title="Transaction" />;
}
