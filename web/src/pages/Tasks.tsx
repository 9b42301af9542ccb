import { PageHead } from "../components/Panel.tsx";

export default function Tasks() {
  return <PageHead title="Tasks" />;
}
