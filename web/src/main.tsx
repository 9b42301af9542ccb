import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { queries } from "./api/client.ts";
import { live } from "./api/live.ts";
import { App } from "./app.tsx";
import { applyTheme, chosenTheme } from "./lib/theme.ts";
import { prefetch } from "./routes.ts";
import "./styles/colours.css";
import "./styles/elements.css";
import "./styles/shell.css";
import "./styles/parts.css";
import "./styles/tables.css";
import "./styles/charts.css";
import "./styles/narrow.css";

applyTheme(chosenTheme());
live.start();
// It is on its way while what surrounds it is drawn.
prefetch(window.location.pathname);

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
