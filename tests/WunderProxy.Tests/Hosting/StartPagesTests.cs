using WunderProxy.Hosting;

namespace WunderProxy.Tests.Hosting;

[TestFixture]
public sealed class StartPagesTests
{
    private const string Program = "/opt/wunderproxy";

    [Test]
    public void Clean_mappings_of_the_file_are_found() =>
        Assert.That(
            StartPages.FindClean([.. Mapping("1000-3000", "r--p"), .. Mapping("3000-4000", "r-xp")], Program),
            Is.EqualTo(new (nint, nint)[] { (0x1000, 0x2000), (0x3000, 0x1000) }));

    [Test]
    public void Changed_pages_stay() =>
        Assert.That(StartPages.FindClean(Mapping("1000-3000", "r--p", changed: 8), Program), Is.Empty);

    [Test]
    public void Changed_pages_that_are_swapped_out_stay() =>
        Assert.That(StartPages.FindClean(Mapping("1000-3000", "r--p", swapped: 8), Program), Is.Empty);

    [Test]
    public void Clean_mapping_behind_a_changed_one_is_found() =>
        Assert.That(
            StartPages.FindClean([.. Mapping("1000-3000", "r--p", changed: 8), .. Mapping("3000-4000", "r--p")], Program),
            Is.EqualTo(new (nint, nint)[] { (0x3000, 0x1000) }));

    [Test]
    public void Writable_pages_stay() =>
        Assert.That(StartPages.FindClean(Mapping("1000-3000", "rw-p"), Program), Is.Empty);

    [TestCase("/opt/wunderproxy (deleted)")]
    [TestCase("/other/opt/wunderproxy")]
    [TestCase("")]
    public void Other_mappings_stay(string path) =>
        Assert.That(StartPages.FindClean(Mapping("1000-3000", "r-xp", path), Program), Is.Empty);

    [Test]
    public void Reading_ends_behind_the_file()
    {
        var lines = Mapping("1000-3000", "r-xp").Concat(Mapping("4000-5000", "rw-p", "[heap]")).Concat(Fail());

        Assert.That(StartPages.FindClean(lines, Program).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Release_leaves_the_process_running() => Assert.DoesNotThrow(StartPages.Release);

    private static string[] Mapping(string range, string access, string path = Program, int changed = 0, int swapped = 0) =>
    [
        $"{range} {access} 00000000 08:01 1234                       {path}",
        "Size:                  8 kB",
        "Private_Clean:         4 kB",
        "Private_Dirty:         4 kB", // As of a file that was just written.
        $"Anonymous:             {changed} kB",
        $"Swap:                  {swapped} kB",
        "VmFlags: rd ex mr mw me",
    ];

    private static IEnumerable<string> Fail()
    {
        Assert.Fail("the lines behind the file's mappings were read");
        yield break;
    }
}
