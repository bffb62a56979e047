import type { RunData } from '../../report/html/report-data.ts';
import { Axis } from '../layout/axis.ts';
import { cone } from '../model/causality.ts';
import { RunModel } from '../model/run-model.ts';
import { StateHistory } from '../model/states.ts';
import type { ViewState } from './state.ts';

/** A run opened: what is worked out once and shared by all views. */
export class OpenRun {
  readonly model: RunModel;
  readonly states: StateHistory;
  #axis: Axis | null = null;
  #cone: { readonly row: number; readonly grades: Uint8Array } | null = null;

  constructor(data: RunData) {
    this.model = new RunModel(data);
    this.states = new StateHistory(this.model);
  }

  axis(mode: ViewState['axis']): Axis {
    const { model } = this;
    const { timeUs, event } = model.data.rows;
    if (this.#axis?.mode !== mode) this.#axis = new Axis(mode, timeUs, event, model.endUs);
    return this.#axis;
  }

  /** How every row stands to this one. */
  cone(row: number): Uint8Array {
    if (this.#cone?.row !== row) this.#cone = { row, grades: cone(this.model, row) };
    return this.#cone.grades;
  }
}
