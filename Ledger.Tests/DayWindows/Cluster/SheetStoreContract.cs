using System.Security.Cryptography;
using Ledger.Core.Merkle;
using Ledger.Core.Time;
using Ledger.Projections.DayWindows.Cluster;
using Ledger.Projections.EventLog;
using Ledger.Tests.Support;
using Xunit;

namespace Ledger.Tests.DayWindows.Cluster;

/// <summary>Guaranteed: a part is written once; a write of an earlier driver's term changes nothing; two members that disagree are found out.</summary>
public abstract class SheetStoreContract(SheetStoreHarness harness) : IAsyncLifetime
{
    private static readonly Day Window = Day.FromNumber(20_000);

    private ISheetStore _sheets = null!;

    public async Task InitializeAsync() => _sheets = await harness.OpenAsync();

    public async Task DisposeAsync()
    {
        await _sheets.DisposeAsync();
        await harness.DisposeAsync();
    }

    [ContractFact]
    public async Task Terms_rise_whoever_begins_them()
    {
        await using ISheetStore other = await harness.OpenAsync();
        long[] terms = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? _sheets : other).BeginTermAsync()));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), terms.Order());
    }

    [ContractFact]
    public async Task A_write_of_an_earlier_term_is_refused_and_changes_nothing()
    {
        long early = await _sheets.BeginTermAsync();
        await using ISheetStore other = await harness.OpenAsync();
        long late = await other.BeginTermAsync();
        Assert.Equal(PartWrite.Fenced, await PutAsync(_sheets, 3, early, "part"));
        Assert.Empty(await _sheets.HeldAsync(Window, 9));
        Assert.Equal(PartWrite.Stored, await PutAsync(other, 3, late, "part"));
        Assert.Equal([3], await _sheets.HeldAsync(Window, 9));
    }

    [ContractFact]
    public async Task A_part_written_again_is_the_same_or_a_fault()
    {
        long term = await _sheets.BeginTermAsync();
        Assert.Equal(PartWrite.Stored, await PutAsync(_sheets, 0, term, "part"));
        Assert.Equal(PartWrite.AlreadyStored, await PutAsync(_sheets, 0, term, "part"));
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => PutAsync(_sheets, 0, term, "another"));
        Assert.Equal("part-differs", fault.Code);
        Assert.Equal("part"u8.ToArray(), await _sheets.ReadAsync(new PartKey(Window, 9, 0)));
    }

    [ContractFact]
    public async Task Writes_at_once_end_as_if_one_came_after_the_other()
    {
        await using ISheetStore other = await harness.OpenAsync();
        long term = await _sheets.BeginTermAsync();
        PartWrite[] writes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => PutAsync(i % 2 == 0 ? _sheets : other, i / 4, term, "part"))).Append(Task.Run(async () =>
        {
            await other.BeginTermAsync();
            return PartWrite.Fenced;
        })));
        IReadOnlySet<int> held = await _sheets.HeldAsync(Window, 9);
        Assert.Equal(held.Count, writes.Count(write => write == PartWrite.Stored));
        Assert.Equal(PartWrite.Fenced, await PutAsync(_sheets, 99, term, "part"));
    }

    [ContractFact]
    public async Task A_damaged_part_is_not_served()
    {
        await PutAsync(_sheets, 0, await _sheets.BeginTermAsync(), "part");
        Assert.Equal(1, await harness.DamageAsync());
        Assert.Equal("part-damaged", (await Assert.ThrowsAsync<LogFaultException>(() => _sheets.ReadAsync(new PartKey(Window, 9, 0)))).Code);
    }

    [ContractFact]
    public async Task Parts_of_earlier_windows_are_forgotten_when_asked()
    {
        await PutAsync(_sheets, 0, await _sheets.BeginTermAsync(), "part");
        await _sheets.DropBeforeAsync(Window);
        Assert.Single(await _sheets.HeldAsync(Window, 9));
        await _sheets.DropBeforeAsync(Window.Next);
        Assert.Empty(await _sheets.HeldAsync(Window, 9));
        Assert.Null(await _sheets.ReadAsync(new PartKey(Window, 9, 0)));
    }

    [ContractFact]
    public async Task Parts_written_together_are_all_kept_or_none()
    {
        long early = await _sheets.BeginTermAsync();
        long late = await _sheets.BeginTermAsync();
        Assert.Equal([PartWrite.Stored, PartWrite.Fenced, PartWrite.Stored, PartWrite.AlreadyStored], await _sheets.PutAsync([Folded(0, late, "a"), Folded(1, early, "b"), Folded(2, late, "c"), Folded(2, late, "c")]));
        LogFaultException fault = await Assert.ThrowsAsync<LogFaultException>(() => _sheets.PutAsync([Folded(3, late, "d"), Folded(0, late, "another")]));
        Assert.Equal("part-differs", fault.Code);
        Assert.Equal([0, 2], (await _sheets.HeldAsync(Window, 9)).Order());
    }

    private static async Task<PartWrite> PutAsync(ISheetStore sheets, int part, long term, string text) => Assert.Single(await sheets.PutAsync([Folded(part, term, text)]));

    private static FoldedPart Folded(int part, long term, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return new FoldedPart(new PartKey(Window, 9, part), term, bytes, Digest.FromBytes(SHA256.HashData(bytes)));
    }
}
