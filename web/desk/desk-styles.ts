import { css, type CSSResultGroup } from "lit";
import { denseStyles } from "../shared/dense-styles.ts";

/** What the desk's parts share: the dense controls of staff pages, and the marks of emotions. */
export const deskStyles: CSSResultGroup = [denseStyles, css`
  button.mark {
    border: 0;
    cursor: pointer;
  }
  .mark.complaint,
  .mark.anger,
  .mark.distress {
    background: var(--danger-soft);
    color: var(--danger);
  }
  .mark.anxiety {
    background: var(--warning-soft);
    color: var(--warning);
  }
`];
