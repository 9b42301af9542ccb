import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// While the page is worked on, `npx vite` serves it and asks the explorer at this address for everything else.
const explorer = process.env["AGORA_EXPLORER"] ?? "http://127.0.0.1:8700";

export default defineConfig({
  plugins: [react()],
  build: {
    target: ["chrome125", "firefox128", "safari17.5"],
    // The page's policy allows nothing inline: no data URIs, and no script that the builder adds.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/events", "/content", "/rpc", "/healthz", "/docs", "/openapi.json"].map((path) => [
        path,
        explorer,
      ]),
    ),
  },
});
