namespace Ledger.Core.Economics;

/// <summary>The best way to split some work over two accounts. Work in quotas, pay in heads.</summary>
/// <param name="WorkQuotas">All of the work.</param>
/// <param name="PayOfOne">What one account earns with it.</param>
/// <param name="PayOfTwo">What two accounts earn with it at the best split.</param>
/// <param name="SmallerShareQuotas">The work of the account that does less.</param>
/// <param name="Ratio">PayOfTwo / PayOfOne; 0 when nothing is paid either way.</param>
public sealed record SplitAttack(double WorkQuotas, double PayOfOne, double PayOfTwo, double SmallerShareQuotas, double Ratio);
