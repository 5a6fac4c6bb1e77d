using System.Diagnostics;
using Ledger.Tests.Support;

namespace Ledger.Tests.Adapters.Video;

/// <summary>Tiny media made by ffmpeg itself, and what ffprobe says of files.</summary>
internal static class MediaSamples
{
    /// <summary>A test picture and a tone, H.264 and AAC in MP4, the index at the end.</summary>
    public static string Mp4(ScratchFolder folder, string name, int seconds = 3, string more = "") =>
        Make(folder, name, $"-f lavfi -i testsrc2=s=320x240:r=15:d={seconds} -f lavfi -i sine=f=440:d={seconds} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac {more}");

    /// <summary>Runs ffmpeg into a file of the folder.</summary>
    public static string Make(ScratchFolder folder, string name, string arguments)
    {
        string path = folder.PathOf(name);
        Run("ffmpeg", $"-nostdin -v error -y {arguments} \"{path}\"");
        return path;
    }

    /// <summary>What a program prints.</summary>
    public static string Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(MachineParts.Require(program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output + errors.Result : throw new InvalidOperationException($"{program} {arguments}: {errors.Result}");
    }

    /// <summary>Length of a file or playlist, seconds.</summary>
    public static double Seconds(string path) => double.Parse(Run("ffprobe", $"-v error -show_entries format=duration -of csv=p=0 \"{path}\""));
}
