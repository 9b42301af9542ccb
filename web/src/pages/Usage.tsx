import { PageHead } from "../components/Panel.tsx";

export default function Usage() {
  return <PageHead title="Usage" />;
}
