import { PageHead } from "../components/Panel.tsx";

export default function Search() {
  return <PageHead title="Search" />;
}
