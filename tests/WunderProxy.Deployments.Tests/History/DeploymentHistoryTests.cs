using System.Text;
using WunderProxy.Deployments.History;
using WunderProxy.Deployments.LaunchConfigs;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.History;

[Parallelizable]
internal sealed class DeploymentHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly LaunchConfig A = TestConfigs.Of("r1", "a");
    private static readonly LaunchConfig B = TestConfigs.Of("r2", "b");
    private static readonly LaunchConfig C = TestConfigs.Of("r3", "c");
    private static readonly LaunchConfig OtherA = TestConfigs.Of("r1", "other");

    private static byte[] Golden =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "History", "Golden", "go.history.json"));

    [Test]
    public void History_of_the_old_tool_is_read()
    {
        var entries = DeploymentHistory.Parse(Golden).Entries;

        Assert.That(entries, Is.EqualTo(new[]
        {
            new HistoryEntry(
                "20150601-1", new DateTimeOffset(2015, 6, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567), "alice",
                "900150983cd24fb0d6963f7d28e17f72"),
            new HistoryEntry(
                "20150615-1", new DateTimeOffset(2015, 6, 15, 8, 30, 0, TimeSpan.Zero), "bob <bob@example>",
                "e2fc714c4727ee9395f324cd2e7f331f"),
            new HistoryEntry(
                "20150616-2", new DateTimeOffset(2015, 6, 16, 8, 30, 0, 500, TimeSpan.Zero), "carol",
                "5d41402abc4b2a76b9719d911017c592"),
        }));
    }

    [Test]
    public void Old_entries_are_written_as_they_were()
    {
        var history = DeploymentHistory.Parse(Golden).Append(Entry("r1", 1, "h"));

        Assert.That(
            Encoding.UTF8.GetString(history.ToBytes()),
            Is.EqualTo(Encoding.UTF8.GetString(Golden)[..^1]
                + ""","""
                + """{"Revision":"r1","DeployedAt":"2026-01-01T00:01:00Z","DeployedBy":"x","Hash":"h"}]"""));
    }

    [TestCase("")]
    [TestCase("  \n")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase(" [ ] ")]
    public void History_of_nothing_is_empty(string text) =>
        Assert.That(DeploymentHistory.Parse(Encoding.UTF8.GetBytes(text)).Entries, Is.Empty);

    // Latin-1 for each byte: what is in a string need be no UTF-8.
    [TestCase("by \xff\xfe bytes", "by \ufffd\ufffd bytes")]
    [TestCase("half \\ud83d pair", "half \ufffd pair")]
    [TestCase("other \\uDE00 half", "other \ufffd half")]
    [TestCase("\\ud83d\\ude00 whole", "\ud83d\ude00 whole")]
    [TestCase("\\\\ud83d", "\\ud83d")]
    [TestCase("\xed\xa0\xbd", "\ufffd\ufffd\ufffd")]
    public void Entry_whose_text_is_none_is_read_and_kept_byte_for_byte(string by, string read)
    {
        var entry = Encoding.Latin1.GetBytes(
            $$"""{ "Revision":"r0", "X\ud800":"{{by}}", "DeployedAt":"2015-03-01T12:00:00.123456789Z","DeployedBy":"{{by}}","Hash":"h0"}""");

        var history = DeploymentHistory.Parse((byte[])[.. "\ufeff [ "u8, .. entry, .. " ]"u8]).Append(Entry("r1", 1, "h"));
        var bytes = history.ToBytes();

        Assert.That(history.Entries[0].DeployedBy, Is.EqualTo(read));
        Assert.That(bytes.AsSpan(1, entry.Length).ToArray(), Is.EqualTo(entry));
        Assert.That(DeploymentHistory.Parse(bytes).Entries, Is.EqualTo(history.Entries));
    }

    [Test]
    public void New_entry_whose_text_is_none_can_be_read_again()
    {
        var history = DeploymentHistory.Empty.Append(Entry("r1", 1, "h") with { DeployedBy = "half \ud83d" });

        Assert.That(DeploymentHistory.Parse(history.ToBytes()).Last!.DeployedBy, Is.EqualTo("half \ufffd"));
    }

    [Test]
    public void History_stays_small_enough_to_be_read_again()
    {
        var large = new string('x', DocumentLimits.History / 4);
        var history = Enumerable.Range(0, 8).Aggregate(
            DeploymentHistory.Empty, (all, i) => all.Append(Entry($"r{i}", i, "h") with { DeployedBy = large }));

        var read = DeploymentHistory.Parse(history.ToBytes());

        Assert.That(history.ToBytes(), Has.Length.LessThanOrEqualTo(DocumentLimits.History));
        Assert.That((read.Entries.Count, read.Last!.Revision), Is.EqualTo((3, "r7")));
    }

    [TestCase("{}", "list")]
    [TestCase("[", "line 1")]
    [TestCase("[1]", "entry 0")]
    [TestCase("[{\"DeployedAt\":\"yesterday\"}]", "DeployedAt of entry 0")]
    [TestCase("[{\"DeployedAt\":\"2015-06-01T12:00:00Z\",\"Hash\":7}]", "Hash of entry 0")]
    public void Bytes_that_are_no_history_are_refused(string text, string part) =>
        Assert.That(
            () => DeploymentHistory.Parse(Encoding.UTF8.GetBytes(text)),
            Throws.InstanceOf<FormatException>().With.Message.Contains(part));

    [TestCase(0, "2026-01-01T00:00:00Z")]
    [TestCase(1, "2026-01-01T00:00:00.0000001Z")]
    [TestCase(5_000_000, "2026-01-01T00:00:00.5Z")]
    public void Times_are_written_without_trailing_zeros(long ticks, string text) =>
        Assert.Multiple(() =>
        {
            Assert.That(GoTime.Format(Start.AddTicks(ticks)), Is.EqualTo(text));
            Assert.That(GoTime.TryParse(text, out var read), Is.True);
            Assert.That(read, Is.EqualTo(Start.AddTicks(ticks)));
        });

    [Test]
    public void Append_beyond_ten_drops_the_oldest()
    {
        var history = DeploymentHistory.Empty;
        for (var i = 0; i < 12; i++)
        {
            history = history.Append(Entry($"r{i}", i, "h"));
        }

        Assert.That(
            history.Entries.Select(entry => entry.Revision), Is.EqualTo(Enumerable.Range(2, 10).Select(i => $"r{i}")));
    }

    [Test]
    public void Rollback_cuts_the_later_entries()
    {
        var history = Of(A, B, C);

        Assert.That(history.RollbackTo(history.Entries[0]).Entries, Is.EqualTo(history.Entries.Take(1)));
    }

    [Test]
    public void Rollback_to_an_entry_that_is_not_there_fails() =>
        Assert.That(() => Of(A).RollbackTo(Entry("r9", 9, "h")), Throws.InstanceOf<HistoryEmptyException>());

    [Test]
    public void Target_of_nothing_is_the_nearest_earlier_entry_of_another_config() =>
        Assert.Multiple(() =>
        {
            Assert.That(Target(Of(A, B, C), "", C), Is.EqualTo(1));
            Assert.That(Target(Of(A, B, B), " ", B), Is.EqualTo(0));
            Assert.That(Target(Of(A, B, C), null, B), Is.EqualTo(0), "in service is not the last");
            Assert.That(Target(Of(A, B), "", C), Is.EqualTo(1), "in service is not in the history");
            Assert.That(Target(Of(A, B), "", null), Is.EqualTo(1), "nothing is in service");
            Assert.That(Target(Of(A, OtherA), "", OtherA), Is.EqualTo(0), "only the environment differs");
        });

    [Test]
    public void Target_by_hash_is_that_entry_whatever_name_it_has() =>
        Assert.Multiple(() =>
        {
            Assert.That(Target(Of(A, B, C), A.Hash.Value.ToUpperInvariant(), C), Is.EqualTo(0));
            Assert.That(Target(Of(A, B, A, C), A.Hash.Value, C), Is.EqualTo(2));
            var old = new DeploymentHistory([Entry("r1", 0, A.Alias.Value), Entry("r2", 1, B.Hash.Value)]);
            Assert.That(Target(old, A.Alias.Value, B), Is.EqualTo(0));
            Assert.That(Target(old, A.Hash.Value, B, named: A), Is.EqualTo(0));
            Assert.That(Target(old, "", B), Is.EqualTo(0));
        });

    [Test]
    public void Target_by_revision_is_its_newest_earlier_entry() =>
        Assert.Multiple(() =>
        {
            Assert.That(Target(Of(A, OtherA, B), "r1", B), Is.EqualTo(1));
            Assert.That(Target(Of(A, B, OtherA), "r1", OtherA), Is.EqualTo(0));
        });

    [TestCase("")]
    [TestCase("r1")]
    [TestCase("r9")]
    [TestCase("900150983cd24fb0d6963f7d28e17f72")]
    public void Target_that_is_nowhere_is_told(string target) =>
        Assert.Multiple(() =>
        {
            Assert.That(() => Of(A).FindTarget(target, A), Throws.InstanceOf<HistoryEmptyException>());
            Assert.That(
                () => DeploymentHistory.Empty.FindTarget(target, null), Throws.InstanceOf<HistoryEmptyException>());
        });

    private static int Target(
        DeploymentHistory history, string? target, LaunchConfig? inService, LaunchConfig? named = null) =>
        history.Entries.ToList().IndexOf(history.FindTarget(target, inService, named));

    private static DeploymentHistory Of(params LaunchConfig[] configs) =>
        new(configs.Select((config, i) => Entry(config.Revision, i, config.Hash.Value)));

    private static HistoryEntry Entry(string revision, int minutes, string hash) =>
        new(revision, Start.AddMinutes(minutes), "x", hash);
}
