"""CUPED: take out of a metric what the customers' past already explains (Deng, Xu, Kohavi, Walker 2013, WSDM).

The past cannot have been changed by the experiment, so subtracting what it predicts leaves the effect where it is and
makes its interval shorter.
"""

from __future__ import annotations

from models_py.experiments.contributions import FloatArray


def adjust(
    arm: FloatArray, control: FloatArray, arm_covariate: FloatArray, control_covariate: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Contributions less what the covariate explains; their difference of means is the analysis of covariance's.

    The slope is pooled within the arms: across them, the effect itself would leak into it.

    Args:
        arm: contributions of the arm's customers to the metric.
        control: those of the control's.
        arm_covariate: of the same customers, something known before their first exposure.
        control_covariate: the same for the control's.

    Returns:
        Adjusted contributions of arm and control; unchanged if the covariate does not vary.
    """
    arm_deviation = arm_covariate - arm_covariate.mean()
    control_deviation = control_covariate - control_covariate.mean()
    spread = float(arm_deviation @ arm_deviation + control_deviation @ control_deviation)
    if spread == 0:
        return arm, control
    slope = float(arm_deviation @ arm + control_deviation @ control) / spread
    centre = (arm_covariate.sum() + control_covariate.sum()) / (arm_covariate.size + control_covariate.size)
    return arm - slope * (arm_covariate - centre), control - slope * (control_covariate - centre)
