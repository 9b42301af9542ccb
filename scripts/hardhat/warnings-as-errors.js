/**
 * A Hardhat plugin that turns the compiler's warnings about our own sources into errors.
 * Test files are held to it too, but for the size of their contracts, which are never deployed to a real
 * chain, as are those that are instrumented for coverage; warnings about npm packages, which are not ours to mend,
 * are not shown.
 */
const TESTS = "project/tests/";
const SIZE_WARNINGS = ["5574", "3860"];

const isForeign = ({ severity, sourceLocation }) =>
  severity === "warning" && (sourceLocation?.file ?? "").startsWith("npm/");

const isOurs = ({ errorCode, sourceLocation }, instrumented) => {
  const file = sourceLocation?.file ?? "";
  if ((instrumented || file.startsWith(TESTS)) && SIZE_WARNINGS.includes(errorCode)) return false;
  return file.startsWith("project/") && !file.startsWith("project/node_modules/");
};

export default {
  id: "agora-warnings-as-errors",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, version, next) {
          const output = await next(context, compiler, input, version);
          output.errors = output.errors?.filter((error) => !isForeign(error));
          for (const error of output.errors ?? []) {
            if (error.severity === "warning" && isOurs(error, context.globalOptions.coverage)) {
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
