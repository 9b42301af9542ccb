import { PageHead } from "../components/Panel.tsx";

export default function Post() {
  return <PageHead title="Post" />;
}
