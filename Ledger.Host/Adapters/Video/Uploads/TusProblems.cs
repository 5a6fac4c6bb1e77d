using Ledger.Host.Api;

namespace Ledger.Host.Adapters.Video.Uploads;

/// <summary>Why an upload's request is not done (specs/adapters.md).</summary>
internal static class TusProblems
{
    public static ApiProblem Version { get; } = new(412, "tus-version", "the request does not say Tus-Resumable: 1.0.0, the version spoken here");

    public static ApiProblem LengthMalformed { get; } = new(400, "upload-length-malformed", "Upload-Length is the size of the whole file in bytes, and must be known at the start");

    public static ApiProblem MetadataMalformed { get; } = new(400, "upload-metadata-malformed", "Upload-Metadata is at most 4 KiB of names with Base64 values, commas between them, each name once");

    public static ApiProblem Unknown { get; } = new(404, "upload-unknown", "this client has no such upload");

    public static ApiProblem Gone { get; } = new(410, "upload-expired", "the upload was not used in time and is thrown away; begin a new one");

    public static ApiProblem OffsetMalformed { get; } = new(400, "upload-offset-malformed", "Upload-Offset says where in the file the body begins");

    public static ApiProblem Locked { get; } = new(423, "upload-locked", "another request is writing to this upload", TimeSpan.FromSeconds(1));

    public static ApiProblem InUse { get; } = new(409, "upload-in-use", "a video is being made of this upload");

    public static ApiProblem ChecksumUnsupported { get; } = new(400, "checksum-unsupported", $"Upload-Checksum is an algorithm of {UploadChecksum.Algorithms} and its value in Base64");

    public static ApiProblem ChecksumMismatch { get; } = new(460, "checksum-mismatch", "the body is not what its checksum promises; nothing of it was taken, send it again");

    public static ApiProblem Storage { get; } = new(503, "upload-storage", "the disk could not keep the bytes; ask for the offset and go on from there", TimeSpan.FromSeconds(10));

    public static ApiProblem TooLarge(long bytesMax) => new(413, "upload-too-large", $"larger than {bytesMax} bytes, the most that is taken here");

    public static ApiProblem Quota(long bytesMax) => new(413, "upload-quota", $"the client's uploads would be more than {bytesMax} bytes together; finish or delete some first");

    public static ApiProblem Offset(long offset) => new(409, "upload-offset-wrong", $"the upload is at {offset}; send from there");

    public static ApiProblem TooMuch(long remaining) => new(413, "upload-overflow", $"the upload lacks {remaining} bytes and the body has more");
}
