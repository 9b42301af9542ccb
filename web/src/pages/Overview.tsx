import { PageHead } from "../components/Panel.tsx";

export default function Overview() {
  return <PageHead title="Overview" />;
}
