import { PageHead } from "../components/Panel.tsx";

export default function Messages() {
  return <PageHead title="Messages" />;
}
