import { PageHead } from "../components/Panel.tsx";

export default function Agents() {
  return <PageHead title="Agents" />;
}
