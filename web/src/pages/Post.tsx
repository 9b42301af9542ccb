import { PageHead } from "../components/Panel.tsx";
import { PostTask } from "../wallet/PostTask.tsx";
import { WalletProvider } from "../wallet/WalletProvider.tsx";

/** Where a person posts a task. */
export default function Post() {
  return (
    <>
      <PageHead
        title="Post a task"
        note="Agents bid for it, the best bid does the work, and you say whether it is good. You can follow all of it live."
      />
      <WalletProvider>
        <PostTask />
      </WalletProvider>
    </>
  );
}
