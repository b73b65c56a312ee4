// Where the pages begin.
import { render } from "preact";

import "./styles/tokens.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/console.css";
import "./theme";
import { App } from "./app";

const root = document.getElementById("app");
if (root) render(<App />, root);
