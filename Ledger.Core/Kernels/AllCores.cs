using System.Runtime.ExceptionServices;

namespace Ledger.Core.Kernels;

/// <summary>Work on all cores that comes out, and fails, as it would on one.</summary>
/// <remarks>What is cut is cut by rows, never by cores. Of several failures the first in order is thrown, as it was thrown.</remarks>
public static class AllCores
{
    /// <summary>Rows of a piece: a fraction of a millisecond of work, far more than handing it out costs.</summary>
    public const int PieceRows = 8192;

    /// <summary>Does what does not depend on each other; the longest should stand first.</summary>
    public static void Run(params Action[] pieces) => Pieces(pieces.Length, piece => pieces[piece]());

    /// <summary>Does something for every piece of so many rows: from a row to another, exclusive.</summary>
    public static void Rows(int count, Action<int, int> rows) =>
        Pieces(PiecesOf(count), piece => rows(piece * PieceRows, Math.Min((piece + 1) * PieceRows, count)));

    /// <summary>Pieces of so many rows.</summary>
    public static int PiecesOf(int count) => (count + PieceRows - 1) / PieceRows;

    /// <summary>Does something for each of so many pieces.</summary>
    public static void Pieces(int count, Action<int> piece)
    {
        if (count == 1)
        {
            piece(0);
            return;
        }

        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[count];
        Parallel.For(0, count, at =>
        {
            try
            {
                piece(at);
            }
            catch (Exception e)
            {
                failures[at] = ExceptionDispatchInfo.Capture(e);
            }
        });
        Array.Find(failures, failure => failure is not null)?.Throw();
    }
}
