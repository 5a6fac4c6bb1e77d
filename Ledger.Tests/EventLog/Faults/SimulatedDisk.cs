namespace Ledger.Tests.EventLog.Faults;

/// <summary>
/// Files as a disk keeps them: what was synced is safe, everything later may be lost, kept, reordered or torn at its sectors when the power goes.
/// </summary>
/// <remarks>As ext4 and xfs do it: syncing a file makes its name durable too; syncing a folder makes names made and removed in it durable.</remarks>
internal sealed class SimulatedDisk(string folder)
{
    private const int SectorBytes = 512;

    private readonly Dictionary<string, SimulatedFile> _files = new(StringComparer.Ordinal);

    public void Apply(FileCall call)
    {
        if (call.Kind == FileCallKind.Sync && call.Path == folder)
        {
            foreach (SimulatedFile named in _files.Values) named.SyncName();
            return;
        }

        if (!_files.TryGetValue(call.Path, out SimulatedFile? file)) _files.Add(call.Path, file = new SimulatedFile());
        if (call.Kind == FileCallKind.Sync) file.Sync();
        else file.Pending.Add(call);
    }

    /// <summary>What a kill of the process leaves: every call that was made.</summary>
    public IEnumerable<(string Path, byte[] Bytes)> AfterKill() => After(_ => Fate.Kept, new Random(0));

    /// <summary>What a power loss leaves: what was synced, and of the rest whatever chance decides.</summary>
    public IEnumerable<(string Path, byte[] Bytes)> AfterPowerLoss(Random random)
    {
        Fate[] fates = random.Next(4) switch
        {
            0 => [Fate.Lost],
            1 => [Fate.Kept, Fate.Lost],
            2 => [Fate.Torn],
            _ => [Fate.Kept, Fate.Lost, Fate.Torn],
        };
        return After(chance => fates[chance.Next(fates.Length)], random);
    }

    private IEnumerable<(string Path, byte[] Bytes)> After(Func<Random, Fate> fate, Random random)
    {
        foreach ((string path, SimulatedFile file) in _files)
        {
            if (file.After(fate, random) is { } bytes) yield return (path, bytes);
        }
    }

    private enum Fate
    {
        Kept,
        Lost,
        Torn,
    }

    private sealed class SimulatedFile
    {
        private byte[] _durable = [];
        private bool _exists;

        public List<FileCall> Pending { get; } = [];

        public void Sync()
        {
            (_exists, _durable) = Result(_ => Fate.Kept, new Random(0));
            Pending.Clear();
        }

        // Names made or removed up to now; what is in the file stays unsynced.
        public void SyncName()
        {
            int last = Pending.FindLastIndex(call => call.Kind is FileCallKind.Create or FileCallKind.Unlink);
            if (last < 0) return;
            _exists = Pending[last].Kind == FileCallKind.Create;
            if (!_exists)
            {
                _durable = [];
                Pending.RemoveRange(0, last);
            }

            Pending.RemoveAll(call => call.Kind is FileCallKind.Create or FileCallKind.Unlink);
        }

        public byte[]? After(Func<Random, Fate> fate, Random random)
        {
            (bool exists, byte[] bytes) = Result(fate, random);
            return exists ? bytes : null;
        }

        private (bool Exists, byte[] Bytes) Result(Func<Random, Fate> fate, Random random)
        {
            MemoryStream bytes = new();
            bytes.Write(_durable);
            bool exists = _exists;
            foreach (FileCall call in Pending)
            {
                Fate decided = fate(random);
                if (call.Kind is FileCallKind.Write && decided == Fate.Torn) Tear(bytes, call, random);
                else if (decided != Fate.Lost) Keep(bytes, call, ref exists);
            }

            return (exists, bytes.ToArray());
        }

        private static void Keep(MemoryStream bytes, FileCall call, ref bool exists)
        {
            switch (call.Kind)
            {
                case FileCallKind.Create:
                    exists = true;
                    break;
                case FileCallKind.Unlink:
                    exists = false;
                    bytes.SetLength(0);
                    break;
                case FileCallKind.Truncate:
                    bytes.SetLength(call.Offset);
                    break;
                default:
                    bytes.Position = call.Offset < 0 ? bytes.Length : call.Offset;
                    bytes.Write(call.Bytes);
                    break;
            }
        }

        // Each sector that the write touches is there or not.
        private static void Tear(MemoryStream bytes, FileCall call, Random random)
        {
            long offset = call.Offset < 0 ? bytes.Length : call.Offset;
            for (int at = 0; at < call.Bytes.Length;)
            {
                int size = (int)Math.Min(call.Bytes.Length - at, SectorBytes - ((offset + at) % SectorBytes));
                if (random.Next(2) == 0)
                {
                    bytes.Position = offset + at;
                    bytes.Write(call.Bytes, at, size);
                }

                at += size;
            }
        }
    }
}
