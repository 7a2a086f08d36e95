using WunderProxy.Forwarding.Exchanges.Bodies;

namespace WunderProxy.Forwarding.Tests.Exchanges.Bodies;

[Parallelizable(ParallelScope.All)]
internal sealed class FilteredBytesTests
{
    [Test]
    public void Bytes_survive_that_more_room_is_needed()
    {
        var bytes = new FilteredBytes();

        bytes.GetSpan(3).Fill(1);
        bytes.Advance(3);
        bytes.GetMemory(100_000).Span[..100_000].Fill(2);
        bytes.Advance(100_000);

        Assert.That(bytes.Written.Length, Is.EqualTo(100_003));
        Assert.That((bytes.Written[2], bytes.Written[3], bytes.Written[^1]), Is.EqualTo(((byte)1, (byte)2, (byte)2)));
    }

    [Test]
    public void Nothing_is_left_after_a_release()
    {
        var bytes = new FilteredBytes();
        bytes.GetSpan(1)[0] = 1;
        bytes.Advance(1);

        bytes.Release();
        bytes.Release();

        Assert.That(bytes.Written.IsEmpty);
    }
}
