/**
 * A Hardhat plugin that turns the compiler's warnings about our own sources into errors.
 * Test files are held to it too, but for the size of their contracts, which are never deployed to a real
 * chain; files of npm packages are not ours to mend.
 */
const TESTS = "project/tests/";
const SIZE_WARNINGS = ["5574", "3860"];

const isOurs = ({ errorCode, sourceLocation }) => {
  const file = sourceLocation?.file ?? "";
  if (file.startsWith(TESTS) && SIZE_WARNINGS.includes(errorCode)) return false;
  return file.startsWith("project/") && !file.startsWith("project/node_modules/");
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
