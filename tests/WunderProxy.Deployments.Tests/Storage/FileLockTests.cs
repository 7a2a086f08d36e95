using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Tests.Storage;

[Parallelizable]
internal sealed class FileLockTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Lock_that_is_held_is_not_taken_again()
    {
        using var held = FileLock.TryTake(_directory.Under("lock"));

        Assert.Multiple(() =>
        {
            Assert.That(held, Is.Not.Null);
            Assert.That(FileLock.TryTake(_directory.Under("lock")), Is.Null);
        });
    }

    [Test]
    public void Lock_that_was_given_up_is_taken()
    {
        FileLock.TryTake(_directory.Under("lock"))!.Dispose();

        using var second = FileLock.TryTake(_directory.Under("lock"));

        Assert.That(second, Is.Not.Null);
    }

    [Test]
    public void Take_gives_up_at_its_limit()
    {
        using var held = FileLock.TryTake(_directory.Under("lock"));

        Assert.That(
            () => FileLock.TakeAsync(
                _directory.Under("lock"), TimeSpan.FromMilliseconds(30), TimeProvider.System, CancellationToken.None),
            Throws.InstanceOf<TimeoutException>());
    }

    [Test]
    public void Lock_file_is_for_its_owner_only()
    {
        using var held = FileLock.TryTake(_directory.Under("lock"));

        Assert.That(
            File.GetUnixFileMode(_directory.Under("lock")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
