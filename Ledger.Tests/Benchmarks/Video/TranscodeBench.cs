using System.Diagnostics;
using System.Globalization;
using Ledger.Host.Adapters.Video;
using Ledger.Host.Adapters.Video.Jobs;
using Ledger.Host.Adapters.Video.Transcode;
using Ledger.Host.Adapters.Video.Uploads;
using Ledger.Tests.Support;
using Directory = System.IO.Directory;

namespace Ledger.Benchmarks.Video;

/// <summary>Making a video, from the checks to the durable folder, beside ffmpeg alone with the same arguments on the same file; one after the other, in the same run.</summary>
internal static class TranscodeBench
{
    private const int Runs = 5;

    public static async Task RunAsync(int seconds)
    {
        string folder = Directory.CreateTempSubdirectory("weledger-transcode-").FullName;
        try
        {
            VideoSettings settings = new();
            using VideoDatabase database = new(folder);
            UploadStore uploads = new(database, settings, TimeProvider.System, Path.Combine(folder, "uploads"));
            VideoStore videos = new(database);
            Ffmpeg ffmpeg = new(settings, Path.Combine(folder, "bin"));
            VideoMaker maker = new(settings, uploads, ffmpeg, Directory.CreateDirectory(Path.Combine(folder, "videos")).FullName);

            string source = Path.Combine(folder, "source.mp4");
            Bare(FormattableString.Invariant($"-nostdin -v error -y -f lavfi -i testsrc2=s=1280x720:r=25:d={seconds} -f lavfi -i sine=d={seconds} -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac \"{source}\""));
            Upload upload = uploads.Create("bench", new FileInfo(source).Length, "")!;
            await using (FileStream content = File.OpenRead(source)) await UploadBody.WriteAsync(uploads, upload, content, null, CancellationToken.None);
            VideoJob job = videos.Ask("bench", new VideoRequest("bench", "space", "account", "music", [new Clip(upload.Id)])).Job!;
            MediaFile file = await ffmpeg.ProbeAsync(uploads.PathOf(upload.Id), null, CancellationToken.None);

            (double[] ours, double[] bare) = (new double[Runs], new double[Runs]);
            for (int run = 0; run < Runs; run++)
            {
                string alone = Directory.CreateDirectory(Path.Combine(folder, $"alone-{run}")).FullName;
                string arguments = "-nostdin -v error " + Ladder.Arguments(file, alone, settings.DurationSecondsMax).Arguments;
                long started = Stopwatch.GetTimestamp();
                Bare(arguments);
                bare[run] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                started = Stopwatch.GetTimestamp();
                await maker.MakeAsync(job, _ => null, _ => { }, CancellationToken.None);
                ours[run] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }

            double[] over = [.. ours.Zip(bare, (our, alone) => (our - alone) / alone * 100).Order()];
            Array.Sort(ours);
            Array.Sort(bare);
            Print($"{seconds} s of 720p into {Ladder.For(file).Count} qualities, medians of {Runs} alternating runs: {ours[Runs / 2]:0} ms ({ours[0]:0}-{ours[^1]:0}), ffmpeg alone {bare[Runs / 2]:0} ms ({bare[0]:0}-{bare[^1]:0})");
            Print($"beyond ffmpeg itself: {(ours[Runs / 2] - bare[Runs / 2]) / bare[Runs / 2] * 100:0.0} % by the medians, {over[Runs / 2]:0.0} % by the median pair");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Bare(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(MachineParts.Require("ffmpeg"), arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"ffmpeg ended with {process.ExitCode}"));
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
