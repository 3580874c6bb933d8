import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./style/tokens.css";
import "./style/elements.css";
import { App } from "./App";
import { Boundary } from "./ui/Boundary";
import { BrokenPage } from "./ui/BrokenPage";

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Boundary fallback={(error) => <BrokenPage error={error} />}>
        <App />
      </Boundary>
    </StrictMode>,
  );
