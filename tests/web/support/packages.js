// The page's own packages, which lie beside the page.

import { createRequire } from "node:module";

export const ROOT = new URL("../../../", import.meta.url);
export const need = createRequire(new URL("web/package.json", ROOT));
