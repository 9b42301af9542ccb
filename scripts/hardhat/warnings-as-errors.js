/**
 * A Hardhat plugin that turns the compiler's warnings about our own sources into errors.
 * Test files are held to it too; files of npm packages are not ours to mend.
 */
const isOurs = (error) => {
  const file = error.sourceLocation?.file ?? "";
  return (
    file.startsWith("project/") && !file.startsWith("project/node_modules/")
  );
};

export default {
  id: "agora-warnings-as-errors",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, version, next) {
          const output = await next(context, compiler, input, version);
          for (const error of output.errors ?? []) {
            if (error.severity === "warning" && isOurs(error)) {
              error.severity = "error";
              error.type = "WarningAsError";
            }
          }
          return output;
        },
      }),
    }),
  },
};
