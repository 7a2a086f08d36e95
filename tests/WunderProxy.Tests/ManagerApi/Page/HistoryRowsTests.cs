using WunderProxy.Deployments.Contracts;
using WunderProxy.ManagerApi.Page;

namespace WunderProxy.Tests.ManagerApi.Page;

/// <summary>How the page's history tells who deployed what, how long that took, and how it ended.</summary>
[Parallelizable]
internal sealed class HistoryRowsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 14, 0, 0, TimeSpan.Zero);

    [Test]
    public void Entry_and_its_event_are_one_row()
    {
        var rows = RowsOf([Entry("r1", 60), Entry("r2", 30, isCurrent: true)], [Event("deploy", "r1", 60, 2.5), Event("deploy", "r2", 30, 4)]);

        Assert.That(Told(rows), Is.EqualTo(new[] { "r2 by ada took 4 served 30: ", "r1 by ada took 2.5 served 30: replaced by r2" }));
        Assert.That(rows.Select(row => (row.IsCurrent, row.IsEntry)), Is.EqualTo(new[] { (true, true), (false, true) }));
    }

    [Test]
    public void Entry_of_a_deployer_without_events_is_told_without_its_duration() =>
        Assert.That(Told(RowsOf([Entry("r1", 60)], [])), Is.EqualTo(new[] { "r1 by ada took  served 60: " }));

    [Test]
    public void Entry_that_was_written_late_is_one_with_its_event() =>
        Assert.That(Told(RowsOf([Entry("r1", 58)], [Event("deploy", "r1", 60, 2)])), Is.EqualTo(new[] { "r1 by ada took 2 served 58: " }));

    [Test]
    public void Rollback_ends_a_deploy_that_left_the_history()
    {
        var rows = RowsOf(
            [Entry("r1", 60, isCurrent: true)],
            [Event("deploy", "r1", 60, 2), Event("deploy", "r2", 30, 3), Event("rollback", "r1", 10, 1)]);

        Assert.That(Told(rows), Is.EqualTo(new[]
        {
            "r1 rollback by ada took 1 served 10: ",
            "r2 by ada took 3 served 20: rolled back to r1",
            "r1 by ada took 2 served 30: replaced by r2",
        }));
        Assert.That(rows.Select(row => row.IsCurrent), Is.EqualTo(new[] { true, false, false }));
        Assert.That(rows.Select(row => row.Way), Is.EqualTo(new[] { "", "", HistoryRows.InService }), "there is nothing to go back to");
    }

    [Test]
    public void Deploy_again_soon_after_a_rollback_is_an_act_of_its_own()
    {
        var rows = RowsOf(
            [Entry("r1", 60), Entry("r2", 5, isCurrent: true)],
            [Event("deploy", "r1", 60, 2), Event("deploy", "r2", 9, 3), Event("rollback", "r1", 7, 1), Event("deploy", "r2", 5, 4)]);

        Assert.That(rows.Select(row => (row.Revision, row.Kind, row.Seconds)), Is.EqualTo(new[]
        {
            ("r2", "", (double?)4), ("r1", "rollback", 1), ("r2", "", 3), ("r1", "", 2),
        }));
    }

    [Test]
    public void Guards_of_several_machines_are_one_row()
    {
        var rows = RowsOf(
            [Entry("r1", 60, isCurrent: true)],
            [
                Event("deploy", "r1", 60, 2),
                Event("deploy", "r2", 30, 3),
                Event("guard_rollback", "r1", 28, null, host: "web1") with { Id = "g1" },
                Event("guard_rollback", "r1", 27, null, host: "web2") with { Id = "g2" },
            ]);

        Assert.That(
            rows.Select(row => $"{row.Revision} {row.Kind} {row.End}"),
            Is.EqualTo(new[] { "r1 guard ", "r2  guard went back to r1", "r1  replaced by r2" }));
    }

    [Test]
    public void Failure_is_told_once_and_ends_nothing()
    {
        var rows = RowsOf(
            [Entry("r1", 60, isCurrent: true)],
            [
                Event("failure", "r2", 30, 61, "unhealthy"),
                Event("failure", "r2", 29, 62, "failed", "deployer"),
                Event("failure", "", 20, 1, "busy"),
                Event("failure", "r1", 15, null, "guard_kept"),
            ]);

        Assert.That(Told(rows), Is.EqualTo(new[] { "r2 by ada took 61 served : failed: unhealthy", "r1 by ada took  served 60: " }));
    }

    [Test]
    public void Only_the_newest_failures_are_shown_and_every_entry()
    {
        var rows = RowsOf(
            [.. Enumerable.Range(0, 10).Select(number => Entry($"r{number}", 1000 - number))],
            [.. Enumerable.Range(0, 200).Select(number => Event("failure", $"f{number}", 900 - number, 1, "unhealthy"))]);

        Assert.That(rows.Where(row => !row.IsEntry).Select(row => row.Revision), Is.EqualTo(new[] { "f199", "f198", "f197", "f196" }));
        Assert.That(rows.Count(row => row.IsEntry), Is.EqualTo(10));
    }

    [Test]
    public void Stranger_learns_no_name()
    {
        var rows = HistoryRows.Of(
            new PastFacts([Entry("r1", 60)], [Event("failure", "r2", 30, 1, "unhealthy")]), [], Now, PageRights.Stranger);

        Assert.That(rows.Select(row => row.By), Is.All.Empty);
        Assert.That(rows[0].End, Is.EqualTo("failed: unhealthy"), "codes are for everybody");
    }

    [Test]
    public void Events_with_absurd_times_and_texts_leave_the_entries_as_they_are()
    {
        var rows = RowsOf(
            [Entry("r1", 60, isCurrent: true)],
            [
                Event("failure", "r2", 30, 1, new string('x', 300)),
                Event("deploy", "r3", 30, 1e9) with { At = DateTimeOffset.MaxValue },
                Event("deploy", "r4", 30, 0) with { At = DateTimeOffset.MinValue },
            ]);

        Assert.That(rows.Single(row => row.IsEntry).Revision, Is.EqualTo("r1"));
        Assert.That(rows.Select(row => row.End.Length), Is.All.LessThan(60));
        Assert.That(
            PageDocument.Write(PageSamples.Busy() with { History = rows }), Does.Contain("r3").And.Not.Contain(new string('x', 50)));
    }

    [Test]
    public void Event_of_this_process_counts_before_the_store_has_it()
    {
        var failed = Event("failure", "r2", 30, 1, "unhealthy");

        var past = new PastFacts([Entry("r1", 60)], [failed]).With([failed, failed with { Id = "other", At = Now }]);

        Assert.That(past.Events.Select(happened => happened.Id), Is.EqualTo(new[] { failed.Id, "other" }));
    }

    private static IReadOnlyList<HistoryRow> RowsOf(IReadOnlyList<HistoryEntryView> entries, IReadOnlyList<EventView> events) =>
        HistoryRows.Of(new PastFacts(entries, events), [], Now, PageRights.Operator);

    private static IEnumerable<string> Told(IEnumerable<HistoryRow> rows) => rows.Select(row => FormattableString.Invariant(
        $"{row.Revision}{(row.Kind.Length > 0 ? " " : "")}{row.Kind} by {row.By} took {row.Seconds} served {row.Served?.TotalMinutes}: {row.End}"));

    private static HistoryEntryView Entry(string revision, int minutesAgo, bool isCurrent = false) =>
        new(revision, Now.AddMinutes(-minutesAgo), "ada", HashOf(revision), isCurrent);

    private static EventView Event(
        string type, string revision, int minutesAgo, double? seconds, string result = "ok", string host = "web1") => new(
        $"{type}{revision}{minutesAgo}", type, Now.AddMinutes(-minutesAgo), "ada", host, revision, HashOf(revision), "", result, "words")
        {
            Seconds = seconds,
        };

    private static string HashOf(string revision) => revision.Length == 0 ? "" : revision.PadLeft(64, '0');
}
