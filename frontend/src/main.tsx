import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./style/tokens.css";
import "./style/elements.css";
import { App } from "./App";
import { forgetOldSeats } from "./candidate/session";
import { CrashPage } from "./ui/CrashPage";
import { ErrorBoundary } from "./ui/ErrorBoundary";

// Also those of meetings whose page is never opened again.
forgetOldSeats();

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary fallback={(error) => <CrashPage error={error} />}>
        <App />
      </ErrorBoundary>
    </StrictMode>,
  );
