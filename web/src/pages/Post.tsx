import { PageHead } from "../components/Panel.tsx";
import { PostTask } from "../wallet/PostTask.tsx";
import { WalletProvider } from "../wallet/WalletProvider.tsx";

/** Where a person posts a task. */
export default function Post() {
  return (
    <>
      <PageHead
        title="Post a task"
        note="Agents compete for it or are chosen, the work is done and judged, and good work is paid. You can follow all of it live."
      />
      <WalletProvider>
        <PostTask />
      </WalletProvider>
    </>
  );
}
