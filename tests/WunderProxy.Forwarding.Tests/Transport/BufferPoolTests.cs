using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Tests.Transport;

internal sealed class BufferPoolTests
{
    [Test]
    public void Bulk_blocks_are_few_and_used_again()
    {
        var pool = new BufferPool();
        var blocks = new List<BufferBlock>();
        while (blocks.Count == 0 || blocks[^1].Bytes.Length == BufferPool.BulkBytes)
        {
            blocks.Add(pool.RentBulk());
        }

        Assert.That(blocks[^1].Bytes.Length, Is.EqualTo(BufferPool.LargeBytes), "beyond the bound");
        Assert.That((blocks.Count - 1) * BufferPool.BulkBytes, Is.EqualTo(4 << 20), "bytes in bulk blocks at once");

        pool.Return(blocks[0]);

        Assert.That(pool.RentBulk(), Is.SameAs(blocks[0]));
        Assert.That(pool.RentBulk().Bytes.Length, Is.EqualTo(BufferPool.LargeBytes));
    }

    [Test]
    public void Block_of_a_size_of_its_own_is_never_taken_for_a_bulk_block()
    {
        var pool = new BufferPool();
        var block = pool.RentAtLeast(BufferPool.BulkBytes);
        pool.Return(block);

        Assert.That(pool.RentBulk(), Is.Not.SameAs(block));
        Assert.That(pool.RentedCount, Is.EqualTo(1));
    }
}
