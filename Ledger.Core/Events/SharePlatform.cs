namespace Ledger.Core.Events;

/// <summary>Platforms a video can be shared to (white paper section 3.3.5). Codes are persisted and never reused.</summary>
public enum SharePlatform : byte
{
    /// <summary>Any platform without a code of its own.</summary>
    Other = 0,
    Facebook = 1,
    X = 2,
    Line = 3,
    WeChat = 4,
    QQ = 5,
    Instagram = 6,
    Kakao = 7,
}
