# Tells what is wrong with article numbers, for a whole load at once; it only reads.
settings = self.env['ir.config_parameter'].sudo()
characters = settings.get_param('phaseline.sku_characters', '')
shortest, longest = [int(number) for number in settings.get_param('phaseline.sku_length', '1 to 64').split(' to ')]
numbers = [product.default_code for product in self if product.default_code]
everywhere = self.env['product.product'].sudo().with_context(active_test=False)
counts = dict(everywhere._read_group([('default_code', 'in', numbers)], ['default_code'], ['__count']))
for product in self:
    sku = product.default_code or ''
    fault = False
    if sku and product.is_storable:
        strange = [letter for letter in sku if letter not in characters]
        if strange or not shortest <= len(sku) <= longest:
            fault = 'SKU rule: %r must be %d to %d characters of %s' % (sku, shortest, longest, characters)
    if sku and counts.get(sku, 0) > 1:
        fault = 'SKU duplicate: %r is the number of another product' % sku
    product['x_sku_fault'] = fault
