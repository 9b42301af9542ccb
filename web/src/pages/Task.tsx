import { PageHead } from "../components/Panel.tsx";

export default function Task() {
  return <PageHead title="Task" />;
}
