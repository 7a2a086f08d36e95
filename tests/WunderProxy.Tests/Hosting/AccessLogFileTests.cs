using System.Text;
using WunderProxy.Hosting;
using WunderProxy.TestSupport;

namespace WunderProxy.Tests.Hosting;

/// <summary>The access log in a file: rotation, files that move, disks that are full.</summary>
[Platform("Linux"), NonParallelizable]
internal sealed class AccessLogFileTests
{
    private readonly ManualTimeProvider _clock = new();
    private string _folder = string.Empty;

    private string LogPath => Path.Combine(_folder, "access.log");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("wp-access-log-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Lines_are_appended_to_what_is_there()
    {
        File.WriteAllText(LogPath, "old\n");
        using var log = Open();

        log.Write("one\n"u8);
        log.Write("two\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("old\none\ntwo\n"));
    }

    [Test]
    public void New_file_is_readable_by_the_group_and_nobody_else()
    {
        using var log = Open();

        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.That(File.GetUnixFileMode(LogPath) & (Others | UnixFileMode.GroupWrite), Is.EqualTo(UnixFileMode.None));
        Assert.That(File.GetUnixFileMode(LogPath) & UnixFileMode.UserWrite, Is.Not.EqualTo(UnixFileMode.None));
    }

    [Test]
    public void File_is_rotated_at_its_size_and_the_oldest_goes()
    {
        using var log = Open(maxBytes: 8, oldFiles: 2);

        for (var number = 1; number <= 9; number++)
        {
            log.Write(Encoding.ASCII.GetBytes($"{number}--\n"));
        }

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(LogPath), Is.EqualTo("9--\n"));
            Assert.That(File.ReadAllText(LogPath + ".1"), Is.EqualTo("7--\n8--\n"));
            Assert.That(File.ReadAllText(LogPath + ".2"), Is.EqualTo("5--\n6--\n"));
            Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(3));
        });
    }

    [Test]
    public void File_that_another_process_just_rotated_is_not_rotated_again()
    {
        using var one = Open(maxBytes: 8, oldFiles: 2);
        one.Write("1--\n2--\n"u8);
        using var other = Open(maxBytes: 8, oldFiles: 2);

        one.Write("3--\n"u8);
        other.Write("4--\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("3--\n4--\n"));
        Assert.That(File.ReadAllText(LogPath + ".1"), Is.EqualTo("1--\n2--\n"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(2));
    }

    [Test]
    public void Without_old_files_the_full_one_goes()
    {
        using var log = Open(maxBytes: 4, oldFiles: 0);

        log.Write("one\n"u8);
        log.Write("two\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("two\n"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Size_of_zero_rotates_never()
    {
        using var log = Open(maxBytes: 0);

        log.Write(new byte[1_000_000]);
        log.Write("x\n"u8);

        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void File_that_cannot_be_rotated_grows()
    {
        Directory.CreateDirectory(LogPath + ".1");
        File.WriteAllText(Path.Combine(LogPath + ".1", "in-the-way"), "x");
        using var log = Open(maxBytes: 4, oldFiles: 1);
        List<string> warnings = [];
        log.Warn = warnings.Add;

        log.Write("one\n"u8);
        log.Write("two\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("one\ntwo\n"));
        Assert.That(warnings, Has.Count.EqualTo(1).And.One.Contains("cannot be rotated"));
    }

    [Test]
    public void Signal_opens_the_file_anew()
    {
        using var log = Open();
        log.Write("one\n"u8);
        File.Move(LogPath, LogPath + ".moved");

        log.Write("two\n"u8);
        log.Reopen();
        log.Write("three\n"u8);

        Assert.That(File.ReadAllText(LogPath + ".moved"), Is.EqualTo("one\ntwo\n"));
        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("three\n"));
    }

    [Test]
    public void Signal_that_cannot_open_the_file_keeps_the_old_one()
    {
        using var log = Open();
        File.Move(LogPath, LogPath + ".moved");
        Directory.CreateDirectory(LogPath);

        Assert.That(log.Reopen, Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"));
        log.Write("one\n"u8);

        Assert.That(File.ReadAllText(LogPath + ".moved"), Is.EqualTo("one\n"));
    }

    [Test]
    public void File_that_was_removed_is_made_anew()
    {
        using var log = Open();
        File.Delete(LogPath);
        _clock.Advance(TimeSpan.FromSeconds(2));

        log.Write("one\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("one\n"));
    }

    [Test]
    public void Folder_that_was_removed_loses_lines_until_it_is_back()
    {
        using var log = Open();
        Directory.Delete(_folder, recursive: true);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(() => log.Write("lost\n"u8), Throws.InstanceOf<IOException>().With.Message.Contains("access.log"));
        Assert.That(() => log.Write("lost\n"u8), Throws.InstanceOf<IOException>());
        Directory.CreateDirectory(_folder);
        log.Write("one\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("one\n"));
    }

    [Test]
    public void File_that_another_program_truncated_has_no_hole()
    {
        using var log = Open();
        log.Write("one\n"u8);
        using (var other = new FileStream(LogPath, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
        {
        }

        log.Write("two\n"u8);

        Assert.That(File.ReadAllText(LogPath), Is.EqualTo("two\n"));
    }

    [Test]
    public void Links_pipes_and_folders_are_refused()
    {
        File.CreateSymbolicLink(LogPath, "/dev/null");
        Assert.That(() => Open(), Throws.InstanceOf<IOException>().With.Message.Contains("is a link"));

        File.Delete(LogPath);
        Directory.CreateDirectory(LogPath);
        Assert.That(() => Open(), Throws.InstanceOf<IOException>().With.Message.Contains("not a regular file"));
    }

    [Test]
    public void Missing_folder_is_named() => Assert.That(
        () => new AccessLogFile(Path.Combine(_folder, "none", "a.log"), 0, 0, _clock),
        Throws.InstanceOf<IOException>().With.Message.Contains("none/a.log: No such file or directory"));

    [Test]
    public void Write_allocates_nothing()
    {
        var lines = Encoding.ASCII.GetBytes(new string('x', 60_000) + "\n");
        using var log = Open(maxBytes: 0);
        log.Write(lines);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 20; i++)
        {
            log.Write(lines);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private AccessLogFile Open(long maxBytes = 1024 * 1024, int oldFiles = 3) => new(LogPath, maxBytes, oldFiles, _clock);
}
