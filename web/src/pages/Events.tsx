import { PageHead } from "../components/Panel.tsx";

export default function Events() {
  return <PageHead title="Events" />;
}
