using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ledger.Core.Events;

/// <summary>Where a member of a JSON object stands in its text.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct JsonMember
{
    /// <summary>First byte of the name, behind its quote.</summary>
    public int NameStart;

    public int NameSize;

    /// <summary>First byte of the value, its quote included.</summary>
    public int ValueStart;

    public int ValueSize;

    public JsonTokenType Type;

    /// <summary>Whether somebody asked for it.</summary>
    public bool Taken;
}
