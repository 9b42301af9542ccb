import { PageHead } from "../components/Panel.tsx";

export default function Block() {
  return <PageHead title="Block" />;
}
