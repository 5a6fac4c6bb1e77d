namespace Ledger.Core.Economics;

/// <summary>The figures of white paper §4.3 for one team size, in the paper's units (output and pay in the unit of V, effort in the unit of e).</summary>
/// <param name="Members">N.</param>
/// <param name="OptimalEffort">e*, each member's effort when all maximise together.</param>
/// <param name="OptimalOutput">V*.</param>
/// <param name="NashEffort">Each member's effort when each maximises alone.</param>
/// <param name="NashOutput">V at those efforts.</param>
/// <param name="Loss">V* less the output at equilibrium.</param>
/// <param name="NashUtility">U, a member's utility at equilibrium.</param>
/// <param name="NashUtilitySlope">∂U/∂N: what one more member costs each.</param>
public sealed record TeamProductionSolution(
    int Members,
    double OptimalEffort,
    double OptimalOutput,
    double NashEffort,
    double NashOutput,
    double Loss,
    double NashUtility,
    double NashUtilitySlope);
