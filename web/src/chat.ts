import { Panel } from "./panel";

customElements.define("tms-chat", Panel);
