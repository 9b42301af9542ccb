import { useEffect, useState, type ComponentType, type ReactNode } from "react";

/**
 * A component whose code comes when it is first drawn; until then the fallback stands there. Throws, as it is drawn, why
 * it did not come.
 *
 * React's own `lazy` waits 300 ms after a fallback before it draws what has come, and a chart within a page twice.
 */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  fallback: ReactNode = null,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [Come, setCome] = useState(() => loaded);
    const [failure, setFailure] = useState<{ cause: unknown } | null>(null);
    useEffect(() => {
      if (Come !== null) return;
      load().then(
        (module) => {
          loaded = module.default;
          setCome(() => module.default);
        },
        (cause: unknown) => setFailure({ cause }),
      );
    }, []);
    if (failure !== null) throw failure.cause;
    return Come === null ? fallback : <Come {...props} />;
  };
}
