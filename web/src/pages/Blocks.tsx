import { PageHead } from "../components/Panel.tsx";

export default function Blocks() {
  return <PageHead title="Blocks" />;
}
