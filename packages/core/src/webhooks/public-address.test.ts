import { expect, test } from 'vitest';
import { isPublicAddress, namesPrivateAddress } from './public-address.ts';

test.each([
  ['loopback', ['127.0.0.1', '127.8.8.8', '::1']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1']],
  ['link-local, with the metadata of clouds', ['169.254.169.254', '169.254.0.1', 'fe80::1']],
  ['unique local', ['fc00::1', 'fd00:ec2::254']],
  ['shared by a provider', ['100.64.0.1', '100.127.255.255']],
  ['unspecified, broadcast and multicast', ['0.0.0.0', '::', '255.255.255.255', '224.0.0.1', 'ff02::1']],
  ['reserved', ['240.0.0.1', '192.0.2.1', '2001:db8::1', '4000::1', 'fec0::1']],
  [
    'inside an IPv6 address',
    ['::ffff:10.0.0.1', '::ffff:7f00:1', '::7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::7f00:1', '2002:7f00:1::'],
  ],
  ['no address', ['', 'localhost', '1.2.3.4.5']],
])('%s is not public', (_, addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test.each([
  '93.184.215.14',
  '172.32.0.1',
  '100.128.0.1',
  '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
  '::ffff:8.8.8.8',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test('a URL names a private address in any way of writing it; a name is looked up later', () => {
  for (const host of ['127.1', '0x7f000001', '017700000001', '[::ffff:a9fe:a9fe]', '10.0.0.1'])
    expect([host, namesPrivateAddress(`https://${host}/hook`)]).toEqual([host, true]);
  for (const host of ['localhost', 'example.com', '8.8.8.8', '[2606:4700::1]'])
    expect([host, namesPrivateAddress(`https://${host}/hook`)]).toEqual([host, false]);
});
